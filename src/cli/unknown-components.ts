import { isNearly } from '../mock/faults/nearly.ts';
import type { Component } from '../reportei/queries/query.ts';
import { shown } from './shown.ts';

/** Those that Connect is known to have. */
const KNOWN: readonly string[] = Object.keys({
  number_v1: true,
  chart_v1: true,
  datatable_v1: true,
  datagrid_v1: true,
  pipeline_v1: true,
  container_v1: true,
  iconsList_v1: true,
  wysiwyg_v1: true,
} satisfies Record<Component, true>);

const MOST = 5;

/** A line for each component that no document names; some of them are misspelt. */
export function notesOnComponents(components: Iterable<string>): readonly string[] {
  const unknown = [...new Set(components)].filter((one) => !KNOWN.includes(one));
  const notes = unknown.slice(0, MOST).map((one) => {
    const meant = KNOWN.find((known) => isNearly(known, one));
    const hint = meant === undefined ? '' : ` (did you mean ${meant}?)`;
    return `unknown component ${shown(one)}, kept as custom${hint}`;
  });
  const rest = unknown.length - notes.length;
  return rest > 0 ? [...notes, `and ${rest} more unknown components`] : notes;
}
