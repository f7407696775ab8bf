// How the built-in protocols are spelled; the name of a plugin's protocol is shown as the plugin writes it.
const SPELLED: Readonly<Record<string, string>> = { opcua: "OPC UA", mqtt: "MQTT", http: "HTTP", modbus: "Modbus TCP" };

export function protocolName(protocol: string): string {
  return SPELLED[protocol] ?? protocol;
}
