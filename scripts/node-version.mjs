// Imported before anything else by the commands of this checkout, so that even an old Node gets as far as the message that it is too old:
// nothing here is newer than that.

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `Node.js ${process.versions.node} is too old: this project needs 20.19 or newer (https://nodejs.org).`,
  );
  process.exit(1);
}
