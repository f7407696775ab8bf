// A small plant as an OPC UA server by node-opcua: machines after OPC 40001-1 with identification, units, ranges, states.
// Usage: node node_opcua_plant.js <folder of node_modules> <port> <folder for its certificates> [extra nodes]
// A line of JSON on standard input acts as the plant would: {"name", "value"} sets a variable, {"name", "writable"} lets
// clients write it or not, as the key switch of a machine does.
const [, , modules, port, folder, extra] = process.argv;
const path = require("path");
const {
  OPCUAServer, DataType, VariantArrayType, OPCUACertificateManager, standardUnits, AccessLevelFlag, nodesets, StatusCodes,
  makeEUInformation,
} = require(path.join(modules, "node-opcua"));

async function main() {
  const certificates = new OPCUACertificateManager({
    automaticallyAcceptUnknownCertificate: true, rootFolder: path.join(folder, "pki"),
  });
  await certificates.initialize();
  const server = new OPCUAServer({
    port: Number(port), hostname: "127.0.0.1", serverCertificateManager: certificates,
    nodeset_filename: [nodesets.standard, nodesets.di, nodesets.ia, nodesets.machinery],
    buildInfo: { productName: "Paint shop", manufacturerName: "Foreign Works" },
    userManager: { isValidUser: (name, password) => name === "line" && password === "secret-1" },
  });
  await server.initialize();
  const space = server.engine.addressSpace;
  const own = space.registerNamespace("http://foreign.example/paintshop");
  const machinery = space.getNamespaceIndex("http://opcfoundation.org/UA/Machinery/");
  const di = space.getNamespaceIndex("http://opcfoundation.org/UA/DI/");
  const machines = space.rootFolder.objects.getFolderElementByName("Machines", machinery);
  const identificationType = space.findObjectType("MachineIdentificationType", machinery);

  function machine(name, plate) {
    const object = own.addObject({ organizedBy: machines, browseName: name, nodeId: `s=${name}` });
    const identification = own.addObject({
      componentOf: object, browseName: { name: "Identification", namespaceIndex: di },
      nodeId: `s=${name}.Identification`, typeDefinition: identificationType,
    });
    for (const [field, value] of Object.entries(plate)) {
      const isText = field === "Manufacturer" || field === "Model";
      own.addVariable({
        propertyOf: identification, browseName: { name: field, namespaceIndex: di },
        nodeId: `s=${name}.Identification.${field}`, typeDefinition: "PropertyType",
        dataType: isText ? "LocalizedText" : "String",
        value: { dataType: isText ? DataType.LocalizedText : DataType.String, value: isText ? { text: value } : value },
      });
    }
    return object;
  }
  const timers = [];
  function analog(parent, prefix, name, unit, low, high, { writable = false, moves = !writable } = {}) {
    const node = own.addAnalogDataItem({
      componentOf: parent, browseName: name, nodeId: `s=${prefix}.${name}`, dataType: "Double",
      engineeringUnitsRange: { low, high }, engineeringUnits: unit, minimumSamplingInterval: 50,
      accessLevel: writable ? AccessLevelFlag.CurrentRead | AccessLevelFlag.CurrentWrite : AccessLevelFlag.CurrentRead,
      value: { dataType: DataType.Double, value: low },
    });
    let step = 0;
    if (moves) timers.push(setInterval(() => {
      step += 1;
      node.setValueFromSource({ dataType: DataType.Double, value: low + (high - low) * (0.5 + 0.4 * Math.sin(step / 10)) });
    }, 100));
    return node;
  }
  const state = own.addEnumerationType({
    browseName: "LineState",
    enumeration: [{ displayName: "Idle", value: 0 }, { displayName: "Running", value: 1 }, { displayName: "Fault", value: 3 }],
  });
  const plain = (parent, prefix, name, dataType, value, more = {}) => own.addVariable({
    componentOf: parent, browseName: name, nodeId: `s=${prefix}.${name}`, dataType, value: { dataType: more.as || DataType[dataType], value },
    ...more.options,
  });

  const robot = machine("PaintRobot", {
    Manufacturer: "Foreign Works", Model: "PR-6", SerialNumber: "PR6-00042", YearOfConstruction: "2024",
    ProductInstanceUri: "http://foreign.example/pr6/00042",
  });
  const monitoring = own.addObject({ componentOf: robot, browseName: "Monitoring", nodeId: "s=PaintRobot.Monitoring" });
  analog(monitoring, "PaintRobot.Monitoring", "SprayPressure", standardUnits.bar, 0, 10);
  analog(monitoring, "PaintRobot.Monitoring", "MotorTemperature", standardUnits.degree_celsius, 10, 90);
  plain(monitoring, "PaintRobot.Monitoring", "CycleCounter", "UInt32", 7);
  plain(monitoring, "PaintRobot.Monitoring", "BadCounter", "UInt32", 0);
  analog(monitoring, "PaintRobot.Monitoring", "Energy", makeEUInformation("KWH", "kWh", "kilowatt hour"), 0, 1e6, { moves: false });
  plain(monitoring, "PaintRobot.Monitoring", "State", state, 1, { as: DataType.Int32 });
  plain(monitoring, "PaintRobot.Monitoring", "LastJob", "String", "=job(1)");
  plain(monitoring, "PaintRobot.Monitoring", "IsDoorClosed", "Boolean", true);
  analog(robot, "PaintRobot", "SpeedOverride", standardUnits.percent, 0, 100, { writable: true });
  const IDLE = 0, RUNNING = 1, FAULT = 3;
  const value = (name) => own.findNode(`s=PaintRobot.Monitoring.${name}`);
  const stateNow = () => value("State").readValue().value.value;
  const enter = (number) => value("State").setValueFromSource({ dataType: DataType.Int32, value: number });
  // what the robot can be told to do; each answers with a status code of its own
  function method(name, act, inputArguments = []) {
    own.addMethod(robot, { browseName: name, nodeId: `s=PaintRobot.${name}`, inputArguments, outputArguments: [] })
      .bindMethod((given, _, answer) => answer(null, { statusCode: act(...given.map((one) => one.value)), outputArguments: [] }));
  }
  method("Start", () => stateNow() === FAULT ? StatusCodes.BadInvalidState : (enter(RUNNING), StatusCodes.Good));
  method("Stop", () => (enter(IDLE), StatusCodes.Good));
  method("Home", () => stateNow() === IDLE ? StatusCodes.Good : StatusCodes.BadInvalidState);
  method("LoadJob", (job, pieces) => {
    value("LastJob").setValueFromSource({ dataType: DataType.String, value: `${job} x ${pieces}` });
    return StatusCodes.Good;
  }, [
    { name: "Job", dataType: DataType.String, description: { text: "Name of the paint job" } },
    { name: "Pieces", dataType: DataType.UInt32, description: { text: "How many pieces" } },
  ]);
  method("Calibrate", () => StatusCodes.Good, [{ name: "Points", dataType: DataType.Double, valueRank: 1 }]);

  const pump = machine("CoolantPump", {
    Manufacturer: "Foreign Works", Model: "CP-2", SerialNumber: "CP2-7", ProductInstanceUri: "http://foreign.example/cp2/7",
  });
  analog(pump, "CoolantPump", "Flow", standardUnits.litre_per_minute || standardUnits.percent, 0, 120);
  analog(pump, "CoolantPump", "Speed", standardUnits.revolutions_per_minute || standardUnits.hertz, 0, 3000);
  plain(pump, "CoolantPump", "OilTemperature", "Double", 41.5);

  const plc = own.addFolder(space.rootFolder.objects, { browseName: "Conveyor_01", nodeId: "s=Conveyor_01" });
  plain(plc, "Conveyor_01", "Speed_m_s", "Float", 0.5);
  plain(plc, "Conveyor_01", "Running", "Boolean", true);
  own.addVariable({
    componentOf: plc, browseName: "Positions", nodeId: "s=Conveyor_01.Positions", dataType: "Double", valueRank: 1,
    value: { dataType: DataType.Double, arrayType: VariantArrayType.Array, value: new Float64Array([0.1, 0.5]) },
  });
  let parent = plc;
  for (let n = 0; n < Number(extra || 0); n++) {
    if (n % 100 === 0) {
      parent = own.addFolder(space.rootFolder.objects, { browseName: `Cell${n / 100}`, nodeId: `s=Cell${n / 100}` });
    }
    own.addVariable({ componentOf: parent, browseName: `Value${n}`, nodeId: `s=Cell.Value${n}`, dataType: "Double",
      value: { dataType: DataType.Double, value: n } });
  }
  await server.start();
  process.stdout.write("ready\n");
  require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
    const asked = JSON.parse(line);
    const node = own.findNode(`s=${asked.name}`);
    if (asked.writable === undefined) {
      node.setValueFromSource({ dataType: node.readValue().value.dataType, value: asked.value });
    } else {
      node.accessLevel = AccessLevelFlag.CurrentRead | (asked.writable ? AccessLevelFlag.CurrentWrite : 0);
    }
  }).on("close", () => process.exit(0));
}
main().catch((error) => { process.stderr.write(`${error.stack}\n`); process.exit(1); });
