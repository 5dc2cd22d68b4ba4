// Load this page anew as soon as the server is there: not all pages at once, and not into an error page.
export const reloadWhenPossible = () => setTimeout(() => fetch(location, {method: "HEAD"})
  .then((answer) => answer.status < 500 ? location.reload() : reloadWhenPossible(), reloadWhenPossible),
  2000 * Math.random());
