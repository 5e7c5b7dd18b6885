import type { ComponentChild } from 'preact';

export const Legend = ({ names }: { readonly names: readonly string[] }): ComponentChild => (
  <ul class="legend" aria-label="Series">
    {names.map((name, index) => (
      <li key={index}>
        <span class={`swatch s${index % 12}`} aria-hidden="true" />
        {name}
      </li>
    ))}
  </ul>
);
