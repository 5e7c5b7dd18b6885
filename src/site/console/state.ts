/** Says whether there is an emulator to try things on, and how to start one. */
import { isReachable, type Emulator } from './emulator.ts';

const element = (tag: string, ...children: readonly (Node | string)[]): HTMLElement => {
  const made = document.createElement(tag);
  made.append(...children);
  return made;
};
const code = (text: string): HTMLElement => element('code', text);
const paragraph = (...children: readonly (Node | string)[]): HTMLElement =>
  element('p', ...children);

const link = (href: string, text: string): HTMLElement => {
  const made = element('a', text);
  made.setAttribute('href', href);
  return made;
};

const button = (text: string, act: () => void): HTMLElement => {
  const made = element('button', text);
  made.setAttribute('type', 'button');
  made.addEventListener('click', act);
  return made;
};

const keysOf: Readonly<Record<string, readonly string[]>> = {
  reo: ['X-API-KEY: test_reo_key'],
  reportei: ['Authorization: Bearer test_reportei_token', 'x-customer-token: test_customer_token'],
  emulator: [],
};

const keysFor = (name: string): readonly HTMLElement[] => {
  const keys = keysOf[name] ?? [];
  if (keys.length === 0) return [];
  const listed = keys.flatMap((key, i) => (i > 0 ? [' and ', code(key)] : [code(key)]));
  return [paragraph('Its test keys are filled in: ', ...listed, '.')];
};

const servePage = (name: string): HTMLElement =>
  paragraph(
    'In a clone of the project, ',
    code('npm run docs:serve'),
    ' serves these pages with an emulator: open ',
    code(`http://127.0.0.1:4010/docs/console/${name}.html`),
    '.',
  );

const unlessControl = (name: string, ...content: readonly HTMLElement[]): readonly HTMLElement[] =>
  name === 'emulator'
    ? [paragraph('The control API answers no page of another origin, so this is the only way.')]
    : content;

const ofFile = (name: string): readonly HTMLElement[] => [
  paragraph(
    element('strong', 'Nothing answers here yet.'),
    ' This page was opened as a file, and the emulator answers no page from a file. The requests that it shows can be copied and sent from a terminal.',
  ),
  servePage(name),
  ...unlessControl(
    name,
    paragraph(
      'Or let any web server have this folder, and start the emulator for its origin: ',
      code('npx tallywire mock --cors http://localhost:8080'),
      '.',
    ),
  ),
];

const ofOther = (name: string): readonly HTMLElement[] => [
  paragraph(element('strong', 'This console speaks to an emulator on your own machine.')),
  ...unlessControl(
    name,
    paragraph(
      'Start one that answers this page: ',
      code(`npx tallywire mock --cors ${location.origin}`),
      '. The browser may ask you whether the page may call this machine.',
    ),
  ),
  servePage(name),
];

export const showState = (place: Element, emulator: Emulator, name: string): void => {
  const show = (state: string, ...content: readonly HTMLElement[]): void => {
    place.setAttribute('data-state', state);
    place.replaceChildren(...content);
  };
  const { url, place: where } = emulator;

  const check = async (): Promise<void> => {
    if (await isReachable(emulator)) {
      const inbox = link(`${url}/__mock/`, 'Its inbox');
      const text = paragraph(
        element('strong', 'The emulator answers'),
        ` at ${url}. `,
        inbox,
        ' shows each request.',
      );
      show('reachable', text, ...keysFor(name));
    } else {
      const again = button('Check again', () => void check());
      const text = paragraph(element('strong', 'No emulator answers this page'), ` at ${url}.`);
      const how = where === 'here' ? [servePage(name)] : ofOther(name).slice(1);
      show('unreachable', text, ...how, again);
    }
  };

  if (where === 'here') void check();
  else if (where === 'never') show('file', ...ofFile(name), ...keysFor(name));
  else {
    // Not before somebody wants it: browsers ask their users whether a page may call this machine.
    const look = button('Check for the emulator', () => void check());
    const canAnswer = name !== 'emulator';
    show('unknown', ...ofOther(name), ...keysFor(name), ...(canAnswer ? [look] : []));
  }
};
