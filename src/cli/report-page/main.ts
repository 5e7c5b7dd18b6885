import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
} from 'chart.js';
import type { ChartData } from '../report/html/chart-data.ts';
import { configOf, heightOf } from './config.ts';
import { currentTheme } from './theme.ts';

Chart.register(
  ...[BarController, BarElement, CategoryScale, Legend, LinearScale],
  ...[LineController, LineElement, PointElement, Tooltip],
);
Chart.defaults.font.family = getComputedStyle(document.documentElement).fontFamily;

/** Paper shows more points than most screens. */
const PRINT_RATIO = 2;
/** In CSS pixels: what two columns of a printed page leave to a chart. */
const PRINT_WIDTH = 320;

const charts: { readonly data: ChartData; readonly chart: Chart }[] = [];

function draw(): void {
  const all = JSON.parse(document.querySelector('#data')?.textContent ?? '[]') as ChartData[];
  const theme = currentTheme();
  for (const canvas of document.querySelectorAll<HTMLCanvasElement>('canvas[data-chart]')) {
    const data = all[Number(canvas.dataset.chart)];
    if (!data || !canvas.parentElement) continue;
    canvas.parentElement.style.height = `${heightOf(data)}px`;
    charts.push({ data, chart: new Chart(canvas, configOf(data, theme)) });
  }
}

/** Draws all anew in the colours that hold now. */
function recolour(): void {
  const theme = currentTheme();
  for (const { data, chart } of charts) {
    const { data: next, options } = configOf(data, theme);
    chart.data = next;
    Object.assign(chart.options, options, { devicePixelRatio: chart.options.devicePixelRatio });
    chart.update('none');
  }
}

function toPaper(): void {
  for (const { data, chart } of charts) {
    chart.options.devicePixelRatio = PRINT_RATIO;
    chart.resize(PRINT_WIDTH, heightOf(data));
  }
  recolour();
}

function toScreen(): void {
  for (const { chart } of charts) {
    chart.options.devicePixelRatio = devicePixelRatio;
    chart.resize();
  }
  recolour();
}

// Tables are open for who has no scripts; with a chart above it, one is a click away.
for (const details of document.querySelectorAll('details')) details.open = false;
document.documentElement.classList.add('drawn');
draw();
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', recolour);
matchMedia('print').addEventListener('change', ({ matches }) => (matches ? toPaper() : toScreen()));
