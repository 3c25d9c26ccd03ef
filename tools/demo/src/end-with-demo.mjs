// Loaded in front of every process of the demo (`node --import`). The channel to the demo breaks
// when the demo is gone, also when it was killed: then this process goes too. In JavaScript, so
// that a service does not have to load the type stripper.
const GRACE_MS = 3_000;

function end() {
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), GRACE_MS).unref();
  process.kill(process.pid, 'SIGTERM');
}

// It may have broken before this was loaded.
if (process.connected === false) end();
else process.once('disconnect', end);
// The channel alone must not keep alive a process that has finished.
process.channel?.unref();
