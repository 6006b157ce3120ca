// Types of the one module behind the door that the loader takes by itself, so that loading needs nothing of set-up's rest.

export { isCheckout, locateAddon, packageVersion, platformPackage } from "./index.mjs";
