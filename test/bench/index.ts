/**
 * `npm run bench`: every question, or those that are named: `npm run bench -- post start`.
 * `--json` prints the reports as JSON. Exits with 1 where a budget is missed.
 */
import { parseArgs } from 'node:util';
import { decoding } from './decode.ts';
import { emulatorMemory, emulatorRequest, emulatorStart } from './emulator.ts';
import { folding } from './fold.ts';
import { importing } from './import.ts';
import { post } from './post.ts';
import { durablePuts } from './puts.ts';
import { isMet, print, type Report } from './report.ts';
import { delivery, loopDelay, sinkDown, trackCall } from './usage.ts';

const questions: Readonly<Record<string, () => Report | Promise<Report>>> = {
  post,
  decode: decoding,
  import: importing,
  start: emulatorStart,
  request: emulatorRequest,
  memory: emulatorMemory,
  track: trackCall,
  deliver: delivery,
  delay: loopDelay,
  down: sinkDown,
  fold: folding,
  puts: durablePuts,
};

const { values, positionals } = parseArgs({
  options: { json: { type: 'boolean', default: false } },
  allowPositionals: true,
});

const reports: Report[] = [];
for (const name of positionals.length > 0 ? positionals : Object.keys(questions)) {
  const ask = questions[name];
  if (ask === undefined) throw new Error(`there is only ${Object.keys(questions).join(', ')}`);
  const report = await ask();
  reports.push(report);
  if (!values.json) print(report);
}
if (values.json) console.log(JSON.stringify(reports, null, 2));
process.exitCode = reports.every(({ verdicts }) => verdicts.every(isMet)) ? 0 : 1;
