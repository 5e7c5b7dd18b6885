import type { ComponentChild } from 'preact';
import { useState } from 'preact/hooks';
import type { Cell } from '../lib/cell.ts';
import { number } from '../lib/format.ts';
import { CellText } from './cell-text.tsx';

const FIRST_ROWS = 100;

interface Props {
  readonly label: string;
  readonly headers: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

export const DataTable = ({ label, headers, rows }: Props): ComponentChild => {
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? rows : rows.slice(0, FIRST_ROWS);
  const width = Math.max(headers.length, ...shown.map((row) => row.length));
  const columns = Array.from({ length: width }, (_, index) => headers[index] ?? '');
  const isNumber = (index: number): boolean => rows[0]?.[index]?.kind === 'number';
  return (
    <>
      <div class="scroll table-box" tabIndex={0} role="region" aria-label={label}>
        <table>
          <thead>
            <tr>
              {columns.map((name, index) => (
                <th key={index} scope="col" class={isNumber(index) ? 'is-number' : undefined}>
                  {name || <span class="off-screen">Column {index + 1}</span>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row, index) => (
              <tr key={index}>
                {row.map((cell, place) => (
                  <td key={place} class={cell.kind === 'number' ? 'is-number' : undefined}>
                    <CellText cell={cell} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
        {rows.length === 0 && <p class="muted">No rows.</p>}
      </div>
      {shown.length < rows.length && (
        <button type="button" onClick={() => setWhole(true)}>
          Show all {number(rows.length)} rows
        </button>
      )}
    </>
  );
};
