/** How the page looks, in light and in dark; a state is told by its word, and by colour beside it. */
export const STYLE = `
:root { color-scheme: light dark; --line: #767676; --good: #116329; --bad: #a40e26; --odd: #7d4e00 }
@media (prefers-color-scheme: dark) {
  :root { --line: #8b8b8b; --good: #5fd37a; --bad: #ff8e8e; --odd: #f0b752 }
}
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem }
section { border-top: 1px solid var(--line); padding: .5rem 0 1rem }
h2 { font-size: 1.25rem; margin: .5rem 0 }
dl { display: grid; grid-template-columns: minmax(6rem, max-content) 1fr; gap: .25rem 1.5rem; margin: 0 }
dt { font-weight: 600 }
dd { margin: 0; overflow-wrap: anywhere; white-space: pre-line }
@media (max-width: 30rem) { dl { grid-template-columns: 1fr } dd { margin-bottom: .5rem } }
.state { border: 1px solid currentcolor; border-radius: .25rem; padding: 0 .4rem; font-size: 1rem }
.current { color: var(--good) }
.behind, .failing { color: var(--bad) }
.rolled-back, .never-promoted { color: var(--odd) }
footer { border-top: 1px solid var(--line); padding-top: .5rem }
`;
