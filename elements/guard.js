// The server may go away while a page loads: without its scripts the page would be dead without a sign.
import {reloadWhenPossible} from "./reloading.js";
addEventListener("error", (event) => { if (event.target.tagName === "SCRIPT") reloadWhenPossible(); }, true);
