import { spawn } from 'node:child_process';

/** Shows a page in the browser, if there is one; that there is none is no failure. */
export function openInBrowser(url: string): void {
  const [command, ...args] = COMMANDS[process.platform] ?? ['xdg-open'];
  if (command === undefined) return;
  const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}

const COMMANDS: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ['open'],
  // The first argument in quotes is a title for the window.
  win32: ['cmd', '/c', 'start', '""'],
};
