// validate.js MODULES SCHEMA FILE...: does every JSON file follow the schema? MODULES is the node_modules folder.
const fs = require("fs");
const path = require("path");

const [modules, schema, ...files] = process.argv.slice(2);
const load = (name) => {
	const module = require(path.join(modules, name));
	return module.default || module;
};
const ajv = new (load("ajv"))({ strict: false, unicodeRegExp: false });
load("ajv-formats")(ajv);
const valid = ajv.compile(JSON.parse(fs.readFileSync(schema, "utf8")));

for (const file of files) {
	if (!valid(JSON.parse(fs.readFileSync(file, "utf8")))) {
		console.error(`${file}: ${JSON.stringify(valid.errors, null, 1)}`);
		process.exitCode = 1;
	}
}
