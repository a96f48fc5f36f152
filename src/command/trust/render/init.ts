/** A key pair that was made. */
interface MadePair {
  /** Path of the encrypted key. */
  key: string;
  /** Path of the public key. */
  public: string;
  signer: string;
}

/** What to put where. */
export function initText(pair: MadePair): string {
  return `${pair.key}  the key, encrypted: keep it out of the repository
${pair.public}  the public key: put it into the repository
signer ${pair.signer}

Next:
  1. Put the content of ${pair.key} into a secret of your CI named COSIGN_PRIVATE_KEY, and the
     password into one named COSIGN_PASSWORD; keep a copy of both in a safe place.
  2. Name both keys in lockstep.yaml:
       trust:
         key: env:COSIGN_PRIVATE_KEY
         public: ${pair.public}
  3. Keep ${pair.key} out of version control: echo '${pair.key}' >> .gitignore
`;
}
