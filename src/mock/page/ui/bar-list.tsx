import type { ComponentChild } from 'preact';
import { Legend } from './legend.tsx';

interface Props {
  readonly title: string;
  readonly labels: readonly string[];
  readonly series: readonly {
    readonly name: string;
    readonly values: readonly (number | null)[];
    readonly texts: readonly string[];
  }[];
}

/** One bar a label and series, with its number beside it: it reads without the bars, too. */
export const BarList = ({ title, labels, series }: Props): ComponentChild => {
  const most = Math.max(
    ...series.flatMap(({ values }) => values.map((one) => Math.abs(one ?? 0))),
    0,
  );
  const width = (value: number | null | undefined): string =>
    most === 0 || value == null ? '0' : `${(Math.abs(value) / most) * 100}%`;
  return (
    <figure class="bars" aria-label={title}>
      <ul>
        {labels.map((label, index) => (
          <li key={index}>
            <span class="bar-label" title={label}>
              {label}
            </span>
            <span class="bar-set">
              {series.map(({ values, texts }, place) => (
                <span key={place} class="bar-line">
                  <span class="bar-track" aria-hidden="true">
                    <span class={`bar s${place % 12}`} style={{ width: width(values[index]) }} />
                  </span>
                  <span class={values[index] == null ? 'bar-value no-value' : 'bar-value'}>
                    {texts[index] ?? '–'}
                  </span>
                </span>
              ))}
            </span>
          </li>
        ))}
      </ul>
      {series.length > 1 && <Legend names={series.map(({ name }) => name)} />}
    </figure>
  );
};
