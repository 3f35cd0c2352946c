// Node-RED as a peer: no editor, no telemetry, nothing but the flow.
module.exports = {
  uiHost: "127.0.0.1",
  httpAdminRoot: false,
  httpNodeRoot: false,
  telemetry: { enabled: false, updateNotification: false },
  logging: { console: { level: "warn", metrics: false, audit: false } },
  externalModules: { autoInstall: false },
};
