import assert from 'node:assert/strict';
import { OtlpReceiver } from '@shop/otlp';
import { runCommand } from './run-command.ts';

/** The app's own tests pass, and send nothing to the receiver that their environment names. */
export async function checkTests(folder: string): Promise<void> {
  const receiver = await OtlpReceiver.start();
  const options = { cwd: folder, env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url } };
  try {
    for (const script of ['test', 'test:e2e']) {
      const said = await runCommand('npm', ['run', script], options);
      assert.doesNotMatch(said, /did not exit|open handle|close timed out/i);
    }
    assert.equal(receiver.spanCount, 0, 'spans were exported by tests');
  } finally {
    await receiver.close();
  }
}
