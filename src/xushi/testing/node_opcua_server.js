// An OPC UA server by node-opcua for tests: values of every sort, structures, enumerations, methods, security.
// Usage: node node_opcua_server.js <folder of node_modules> <port> <folder for its certificates> [extra nodes]
const [, , modules, port, folder, extra] = process.argv;
const path = require("path");
const {
  OPCUAServer, Variant, DataType, VariantArrayType, StatusCodes, OPCUACertificateManager, SecurityPolicy,
  MessageSecurityMode, standardUnits, AccessLevelFlag,
} = require(path.join(modules, "node-opcua"));
const { ensureDatatypeExtracted } = require(path.join(modules, "node-opcua-address-space"));

async function main() {
  const certificates = new OPCUACertificateManager({
    automaticallyAcceptUnknownCertificate: true, rootFolder: path.join(folder, "pki"),
  });
  await certificates.initialize();
  const server = new OPCUAServer({
    port: Number(port),
    hostname: "127.0.0.1",
    serverCertificateManager: certificates,
    userManager: { isValidUser: (name, password) => name === "line" && password === "secret-1" },
    securityPolicies: [SecurityPolicy.None, SecurityPolicy.Basic256Sha256, SecurityPolicy.Aes128_Sha256_RsaOaep,
      SecurityPolicy.Aes256_Sha256_RsaPss],
    securityModes: [MessageSecurityMode.None, MessageSecurityMode.Sign, MessageSecurityMode.SignAndEncrypt],
    buildInfo: { productName: "peer" },
    maxConnectionsPerEndpoint: 50,
    serverCapabilities: { maxSessions: 50 },
  });
  await server.initialize();
  const space = server.engine.addressSpace;
  const own = space.registerNamespace("urn:xushi:test:node");
  const plant = own.addFolder(space.rootFolder.objects, { browseName: "Plant", nodeId: "s=Plant" });
  const values = {};
  const add = (name, dataType, value, more = {}) => {
    values[name] = own.addVariable({
      componentOf: plant, browseName: name, nodeId: `s=${name}`, dataType, minimumSamplingInterval: 10, ...more,
      accessLevel: AccessLevelFlag.CurrentRead | AccessLevelFlag.CurrentWrite,
    });
    values[name].setValueFromSource(value);
  };
  add("Double", "Double", { dataType: DataType.Double, value: 1.5 });
  add("Int64", "Int64", { dataType: DataType.Int64, arrayType: VariantArrayType.Scalar, value: [0, 42] });
  add("Boolean", "Boolean", { dataType: DataType.Boolean, value: true });
  add("String", "String", { dataType: DataType.String, value: "头部" });
  add("Doubles", "Double", {
    dataType: DataType.Double, arrayType: VariantArrayType.Array, value: new Float64Array([1, 2, 3]),
  }, { valueRank: 1 });
  add("Matrix", "Int32", {
    dataType: DataType.Int32, arrayType: VariantArrayType.Matrix, dimensions: [2, 2], value: new Int32Array([1, 2, 3, 4]),
  }, { valueRank: 2, arrayDimensions: [2, 2] });
  add("Texts", "String", { dataType: DataType.String, arrayType: VariantArrayType.Array, value: ["a", "b"] }, { valueRank: 1 });
  add("Guid", "Guid", { dataType: DataType.Guid, value: "72962B91-FA75-4AE6-8D28-B404DC7DAF63" });
  add("Bytes", "ByteString", { dataType: DataType.ByteString, value: Buffer.from([1, 254]) });
  const statuses = ["BadSensorFailure", "UncertainLastUsableValue", "Good"];
  add("Status", "Double", { dataType: DataType.Double, value: 7.5 });

  const mode = own.addEnumerationType({
    browseName: "Mode",
    enumeration: [{ displayName: "Idle", value: 0 }, { displayName: "Running", value: 1 }, { displayName: "Fault", value: 7 }],
  });
  add("Mode", mode, { dataType: DataType.Int32, value: 7 });
  const torque = own.createDataType({
    browseName: "Torque", isAbstract: false, subtypeOf: "Structure",
    partialDefinition: [
      { name: "Value", dataType: DataType.Double, valueRank: -1 },
      { name: "Unit", dataType: DataType.String, valueRank: -1 },
    ],
  });
  const result = own.createDataType({
    browseName: "TighteningResult", isAbstract: false, subtypeOf: "Structure",
    partialDefinition: [
      { name: "Serial", dataType: DataType.String, valueRank: -1 },
      { name: "At", dataType: DataType.DateTime, valueRank: -1 },
      { name: "Final", dataType: torque.nodeId, valueRank: -1 },
      { name: "Steps", dataType: torque.nodeId, valueRank: 1, arrayDimensions: [0] },
      { name: "Angles", dataType: DataType.Float, valueRank: 1, arrayDimensions: [0] },
      { name: "Mode", dataType: mode.nodeId, valueRank: -1 },
    ],
  });
  for (const dataType of [torque, result]) {
    own.addObject({ browseName: { name: "Default Binary", namespaceIndex: 0 }, typeDefinition: "DataTypeEncodingType",
      encodingOf: dataType });
  }
  await ensureDatatypeExtracted(space);
  const make = (value) => space.constructExtensionObject(result, {
    serial: "E15-26-000042", at: new Date(Date.UTC(2026, 10, 21, 8)), final: { value, unit: "N·m" },
    steps: [{ value: 20, unit: "N·m" }, { value: 60, unit: "N·m" }], angles: new Float32Array([30, 90.5]), mode: 1,
  });
  add("Result", result, { dataType: DataType.ExtensionObject, value: make(98.5) });
  add("Anything", "Structure", { dataType: DataType.ExtensionObject, value: make(12.5) });

  own.addMethod(plant, {
    browseName: "Scale", nodeId: "s=Scale",
    inputArguments: [{ name: "x", dataType: DataType.Double }, { name: "times", dataType: DataType.Int32 }],
    outputArguments: [{ name: "y", dataType: DataType.Double }],
  }).bindMethod((inputs, _context, answer) => answer(null, {
    statusCode: StatusCodes.Good,
    outputArguments: [{ dataType: DataType.Double, value: inputs[0].value * inputs[1].value }],
  }));
  let parent = plant;
  for (let n = 0; n < Number(extra || 0); n++) {
    if (n % 100 === 0) parent = own.addFolder(plant, { browseName: `Group${n / 100}`, nodeId: `s=Group${n / 100}` });
    values[`V${n}`] = own.addVariable({ componentOf: parent, browseName: `V${n}`, nodeId: `s=V${n}`, dataType: "Double",
      value: { dataType: DataType.Double, value: n } });
  }
  await server.start();
  process.stdout.write("ready\n");
  // One line of JSON on the standard input sets a value: {"name": "Double", "value": 2.5} or {"status": 0..2}
  require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
    const asked = JSON.parse(line);
    if (asked.status !== undefined) {
      values.Status.setValueFromSource({ dataType: DataType.Double, value: 7.5 }, StatusCodes[statuses[asked.status]]);
    } else if (asked.name === "Result" || asked.name === "Anything") {
      values[asked.name].setValueFromSource({ dataType: DataType.ExtensionObject, value: make(asked.value) });
    } else if (asked.name === "Doubles") {
      values.Doubles.setValueFromSource({
        dataType: DataType.Double, arrayType: VariantArrayType.Array, value: new Float64Array(asked.value),
      });
    } else values[asked.name].setValueFromSource({ dataType: values[asked.name].readValue().value.dataType, value: asked.value });
  }).on("close", () => process.exit(0));
}
main().catch((error) => { process.stderr.write(`${error.stack}\n`); process.exit(1); });
