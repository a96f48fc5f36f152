/** Name of the secret with registry logins (containers-auth.json) where the token of a job has none. */
export const LOGIN_SECRET = 'LOCKSTEP_REGISTRY_AUTH';
