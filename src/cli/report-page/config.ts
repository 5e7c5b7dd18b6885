import type { ChartConfiguration, ChartDataset } from 'chart.js';
import type { ChartData } from '../report/html/chart-data.ts';
import { fullNumber, shortLabel, shortNumber, type Theme } from './theme.ts';

type Config = ChartConfiguration<'bar' | 'line', (number | null)[], string>;

/** Lines that cross in print or for the colour-blind are told apart by their strokes too. */
const STROKES = [[], [6, 3], [2, 2], [8, 3, 2, 3]];

/** In longer lines strokes are not to be seen, and take time. */
const LONG = 200;

function datasetsOf({ shape, series, labels }: ChartData, theme: Theme) {
  return series.map(({ name, data }, i): ChartDataset<'bar' | 'line', (number | null)[]> => {
    const colour = theme.series[i % theme.series.length] ?? theme.text;
    const common = {
      label: shortLabel(name),
      data: [...data],
      backgroundColor: colour,
      borderColor: colour,
    };
    return shape === 'line'
      ? {
          ...common,
          type: 'line',
          borderWidth: 1.75,
          borderDash:
            labels.length > LONG ? [] : (STROKES[Math.floor(i / 4) % STROKES.length] ?? []),
          // A single day has no line to be seen by.
          pointRadius: labels.length === 1 ? 3 : 0,
          pointHitRadius: 8,
          tension: 0,
        }
      : { ...common, type: 'bar', borderWidth: 0, borderRadius: 2, maxBarThickness: 26 };
  });
}

/** How a chart is drawn. */
export function configOf(chart: ChartData, theme: Theme): Config {
  const { shape, isStacked, labels } = chart;
  const isLying = shape === 'rows';
  const hasLegend = chart.series.length > 1;
  const font = { size: 11 };
  const names = {
    stacked: isStacked,
    grid: { display: false },
    border: { color: theme.line },
    ticks: {
      color: theme.muted,
      font,
      autoSkip: !isLying,
      maxRotation: 0,
      autoSkipPadding: 16,
      callback: (_: unknown, place: number) => shortLabel(labels[place] ?? ''),
    },
  };
  const values = {
    stacked: isStacked,
    beginAtZero: shape !== 'line',
    grid: { color: theme.line },
    border: { display: false },
    ticks: {
      color: theme.muted,
      font,
      maxTicksLimit: 5,
      callback: (value: unknown) => shortNumber(Number(value)),
    },
  };
  return {
    type: shape === 'line' ? 'line' : 'bar',
    data: { labels: [...labels], datasets: datasetsOf(chart, theme) },
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      indexAxis: isLying ? 'y' : 'x',
      interaction: { mode: 'index', axis: isLying ? 'y' : 'x', intersect: false },
      scales: isLying ? { x: values, y: names } : { x: names, y: values },
      plugins: {
        legend: {
          display: hasLegend,
          position: 'bottom',
          labels: { color: theme.text, font, boxWidth: 12, boxHeight: shape === 'line' ? 2 : 10 },
        },
        tooltip: {
          callbacks: {
            label: ({ dataset, raw }) =>
              `${dataset.label ?? ''}: ${fullNumber(typeof raw === 'number' ? raw : null)}`,
          },
        },
      },
    },
  };
}

/** How high a chart has to be, in pixels. */
export function heightOf({ shape, labels, series, isStacked }: ChartData): number {
  const legend = series.length > 1 ? 34 : 0;
  if (shape !== 'rows') return 210 + legend;
  const perRow = isStacked ? 1 : series.length;
  return legend + Math.max(210, 40 + labels.length * Math.max(22, 12 * perRow + 8));
}
