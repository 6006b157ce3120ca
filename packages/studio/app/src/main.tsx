// The page begins here.

import { render } from "preact";
import { start } from "./actions.js";
import { App } from "./app.js";

void start();
render(<App />, document.getElementById("app") as HTMLElement);
