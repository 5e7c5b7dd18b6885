import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { companyDomain } from '../../../src/tracker/domain.ts';

describe('the company of an address', () => {
  it.each([
    ['jo@acme.com', 'acme.com'],
    ['Jo.Doe@ACME.Com', 'acme.com'],
    ['  jo@acme.com\n', 'acme.com'],
    ['jo+tag@acme.com', 'acme.com'],
    ["o'brien!#$%&*/=?^_`{|}~-@acme.com", 'acme.com'],
    ['jo@acme.com.', 'acme.com'],
    ['jo@eng.acme.co.uk', 'eng.acme.co.uk'],
    ['jo@acme.com.ar', 'acme.com.ar'],
    ['jo@acme.us.to', 'acme.us.to'],
    ['jo@3m.com', '3m.com'],
    ['jo@a-b.io', 'a-b.io'],
    ['"jo doe"@acme.com', 'acme.com'],
    ['"jo@home"@acme.com', 'acme.com'],
    ['"a\\"b..c"@acme.com', 'acme.com'],
    ['jo@müller.de', 'xn--mller-kva.de'],
    ['jo@MÜLLER.de', 'xn--mller-kva.de'],
    ['jo@xn--mller-kva.de', 'xn--mller-kva.de'],
    ['jo@例え.jp', 'xn--r8jz45g.jp'],
    ['jo@例え。jp', 'xn--r8jz45g.jp'],
    ['ünï@acme.com', 'acme.com'],
    [`${'a'.repeat(64)}@acme.com`, 'acme.com'],
    [`jo@${'a'.repeat(63)}.com`, `${'a'.repeat(63)}.com`],
    ['jo@notgmail.com', 'notgmail.com'],
    ['jo@gmail.com.acme.com', 'gmail.com.acme.com'],
  ])('%s → %s', (email, domain) => {
    expect(companyDomain(email)).toBe(domain);
  });
});

describe('no company', () => {
  it.each([
    'jo@gmail.com',
    'jo@GMAIL.com.',
    'jo+a@googlemail.com',
    '"jo"@outlook.com',
    'jo@yahoo.co.uk',
    'jo@qq.com',
    'jo@proton.me',
    'jo@mailinator.com',
    'jo@fastmail.com',
    'jo@tuta.io',
    'jo@müllmail.com',
    'jo@xn--mllmail-n2a.com',
    '1+jo@users.noreply.github.com',
  ])('at a free provider: %s', (email) => {
    expect(companyDomain(email)).toBeUndefined();
  });

  it.each([
    '',
    '@',
    'jo',
    'jo@',
    '@acme.com',
    'acme.com',
    'jo@acme',
    'jo@.com',
    'jo@acme..com',
    'jo@acme.com..',
    'jo@-acme.com',
    'jo@acme-.com',
    'jo@ac_me.com',
    'jo@acme.com/path',
    'jo@acme.com:25',
    'jo@acme.com?x',
    'jo@acme.com#x',
    'jo@ac%6de.com',
    'jo@acme .com',
    'jo@\tacme.com',
    'jo doe@acme.com',
    'jo..doe@acme.com',
    '.jo@acme.com',
    'jo.@acme.com',
    'jo@home@acme.com',
    '"jo@acme.com',
    'Jo <jo@acme.com>',
    'jo@acme.com, al@acme.com',
    'jo@[127.0.0.1]',
    'jo@[IPv6:::1]',
    'jo@127.0.0.1',
    'jo@127.1',
    'jo@0x7f.1',
    'jo@2130706433',
    'jo@localhost',
    'jo@printer.local',
    'jo@x.invalid',
    'jo@x.test',
    `${'a'.repeat(65)}@acme.com`,
    `jo@${'a'.repeat(64)}.com`,
    `jo@${'a.'.repeat(127)}com`,
    `${'a@'.repeat(100_000)}acme.com`,
    '\ud800@\ud800.com',
  ])('no address: %j', (email) => {
    expect(companyDomain(email)).toBeUndefined();
  });

  it.each([undefined, null])('no address: %s', (email) => {
    expect(companyDomain(email)).toBeUndefined();
  });

  it('never throws, and gives only what is a domain', () => {
    const part = fc.string({ unit: 'binary', maxLength: 30 });
    fc.assert(
      fc.property(part, part, (local, domain) => {
        const found = companyDomain(`${local}@${domain}.com`);
        expect(found ?? 'a.com').toMatch(/^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+com$/);
      }),
      { numRuns: 2_000 },
    );
  });
});
