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
import { type Theme, themeOf } from './theme.ts';

Chart.register(
  ...[BarController, BarElement, CategoryScale, Legend, LinearScale],
  ...[LineController, LineElement, PointElement, Tooltip],
);
Chart.defaults.font.family = getComputedStyle(document.documentElement).fontFamily;

/** What two columns on paper leave to a chart, in CSS pixels, and how fine it is printed. */
const PAPER = { width: 350, ratio: 3 };

const charts: { readonly data: ChartData; readonly chart: Chart }[] = [];

function draw(): void {
  const all = JSON.parse(document.querySelector('#data')?.textContent ?? '[]') as ChartData[];
  const theme = themeOf();
  const onPaper = themeOf('light');
  for (const canvas of document.querySelectorAll<HTMLCanvasElement>('canvas[data-chart]')) {
    const data = all[Number(canvas.dataset.chart)];
    const box = canvas.parentElement;
    if (!data || !box) continue;
    box.style.height = `${heightOf(data)}px`;
    charts.push({ data, chart: new Chart(canvas, configOf(data, theme)) });
    box.after(printed(data, onPaper, canvas.getAttribute('aria-label') ?? ''));
  }
}

/**
 * The same chart as a picture for paper. A canvas that is resized is empty until the next frame, and
 * printing waits for none.
 */
function printed(data: ChartData, theme: Theme, alt: string): HTMLImageElement {
  const canvas = document.createElement('canvas');
  canvas.width = PAPER.width;
  canvas.height = heightOf(data);
  const config = configOf(data, theme);
  const options = { ...config.options, responsive: false, devicePixelRatio: PAPER.ratio };
  const chart = new Chart(canvas, { ...config, options });
  const image = Object.assign(new Image(), {
    src: chart.toBase64Image(),
    alt,
    className: 'printed',
  });
  chart.destroy();
  return image;
}

function recolour(): void {
  const theme = themeOf();
  for (const { data, chart } of charts) {
    const { data: next, options } = configOf(data, theme);
    chart.data = next;
    Object.assign(chart.options, options);
    chart.update('none');
  }
}

// Tables are open for who has no scripts; with a chart above it, one is a click away.
for (const details of document.querySelectorAll('details')) details.open = false;
document.documentElement.classList.add('drawn');
draw();
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', recolour);
