// The chat page: all that runs on it, and then the room that it came with.
import {log} from "./context.js";
import {beginAt} from "./opening.js";
import {} from "./composing.js";
import {} from "./keys.js";
import {} from "./tools.js";
beginAt(+log.dataset.at);
