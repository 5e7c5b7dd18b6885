import type { ComponentChild } from 'preact';
import { number, plural } from '../lib/format.ts';
import type { Usage, UsageTotals } from '../lib/types.ts';
import { usage } from '../store/emulator.ts';
import { BarList } from './bar-list.tsx';
import { Timeline } from './timeline.tsx';

const Figure = ({
  label,
  value,
  note,
}: {
  readonly label: string;
  readonly value: number;
  readonly note?: string;
}): ComponentChild => (
  <div class="figure">
    <dt>{label}</dt>
    <dd>
      {number(value)} {note && <span class="muted">{note}</span>}
    </dd>
  </div>
);

const sum = (totals: Readonly<Record<string, number>>): number =>
  Object.values(totals).reduce((all, one) => all + one, 0);

const Figures = ({ events, counts }: Usage): ComponentChild => (
  <dl class="figures">
    <Figure label="Events" value={events.received} />
    <Figure label="Counts" value={counts.received} note={`sum ${number(sum(counts.totals))}`} />
    <Figure
      label="Duplicates"
      value={events.duplicates + counts.duplicates}
      note="event_id seen before"
    />
    <Figure
      label="Dropped"
      value={events.dropped + counts.dropped}
      note="activity not configured"
    />
  </dl>
);

const greatest = (
  totals: Readonly<Record<string, number>>,
): readonly (readonly [string, number])[] => Object.entries(totals).sort(([, a], [, b]) => b - a);

const MAX_DOMAINS = 50;

const Domains = ({ domains }: Pick<Usage, 'domains'>): ComponentChild => {
  const all = greatest(domains);
  const shown = all.slice(0, MAX_DOMAINS);
  return (
    <section class="card" aria-labelledby="domains-title">
      <h2 id="domains-title">By domain</h2>
      {all.length === 0 && <p class="muted">No record names a company yet.</p>}
      <BarList
        title="Events and counts by domain"
        labels={shown.map(([name]) => name)}
        series={[
          {
            name: 'events and counts',
            values: shown.map(([, value]) => value),
            texts: shown.map(([, value]) => number(value)),
          },
        ]}
      />
      {all.length > shown.length && (
        <p class="muted">and {plural(all.length - shown.length, 'more domain')}</p>
      )}
    </section>
  );
};

const Activities = ({
  events,
  counts,
}: {
  readonly events: UsageTotals;
  readonly counts: UsageTotals;
}): ComponentChild => {
  const names = [...new Set([...Object.keys(events.totals), ...Object.keys(counts.totals)])];
  const of = (one: UsageTotals, name: string): number => one.totals[name] ?? 0;
  return (
    <section class="card" aria-labelledby="activities-title">
      <h2 id="activities-title">By activity</h2>
      {names.length === 0 ? (
        <p class="muted">No usage yet.</p>
      ) : (
        <div class="scroll table-box" tabIndex={0} role="region" aria-labelledby="activities-title">
          <table>
            <thead>
              <tr>
                <th scope="col">Activity</th>
                <th scope="col" class="is-number">
                  Events
                </th>
                <th scope="col" class="is-number">
                  Sum of counts
                </th>
              </tr>
            </thead>
            <tbody>
              {names
                .map((name) => [name, of(events, name), of(counts, name)] as const)
                .sort((a, b) => b[1] + b[2] - a[1] - a[2])
                .map(([name, event, count]) => (
                  <tr key={name}>
                    <th scope="row">{name}</th>
                    <td class="is-number">{number(event)}</td>
                    <td class="is-number">{number(count)}</td>
                  </tr>
                ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
};

export const UsageView = (): ComponentChild => {
  usage.use();
  const now = usage.data.value;
  return (
    <div class="page">
      {usage.error.value && <p class="problem-line">{usage.error.value}</p>}
      {now && (
        <>
          <Figures {...now} />
          <div class="cards">
            <Timeline timeline={now.timeline} />
            <Activities events={now.events} counts={now.counts} />
            <Domains domains={now.domains} />
          </div>
          <p class="links">
            <a href="export?what=usage" download="usage.ndjson">
              Export as NDJSON
            </a>
          </p>
        </>
      )}
    </div>
  );
};
