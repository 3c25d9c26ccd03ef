// `DD_TRACE_AGENT_URL` is an HTTP server that accepts everything, in the place of the Datadog agent.
require('dd-trace').init({ startupLogs: false });
