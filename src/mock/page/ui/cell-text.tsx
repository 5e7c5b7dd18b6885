import type { ComponentChild } from 'preact';
import type { Cell } from '../lib/cell.ts';

const TITLES = { null: 'null: no value', empty: 'an empty text' } as const;

/** A value as it came. One that is not there is set apart from a 0 by its looks and in words. */
export const CellText = ({ cell }: { readonly cell: Cell }): ComponentChild => {
  const { kind, text, url, image, note } = cell;
  if (kind === 'null' || kind === 'empty') {
    return (
      <span class="no-value" title={TITLES[kind]}>
        <span aria-hidden="true">{text}</span>
        <span class="off-screen">{TITLES[kind]}</span>
      </span>
    );
  }
  const out = { target: '_blank', rel: 'noreferrer noopener' };
  return (
    <>
      {url ? (
        <a href={url} {...out}>
          {text}
        </a>
      ) : (
        text
      )}
      {image && (
        <a class="cell-note" href={image} {...out}>
          picture
        </a>
      )}
      {note && <span class="cell-note">{note}</span>}
    </>
  );
};
