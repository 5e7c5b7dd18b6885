import { describe, expect, it } from 'vitest';
import { loadOperations, route } from '../../../src/mock/contract/operations.ts';

const OPERATIONS = loadOperations('reo', 'reportei');

describe('route', () => {
  it.each([
    ['POST', '/api/product/usage', 'sendUsage', {}],
    ['GET', '/customers', 'listCustomers', {}],
    // A word goes before a parameter.
    ['GET', '/customers/settings', 'getCustomerSettings', {}],
    ['GET', '/customers/a%20b', 'getCustomer', { customer_uuid: 'a b' }],
    ['POST', '/customers/1/update-payment-status', 'updatePaymentStatus', { customer_uuid: '1' }],
  ])('%s %s is %s', (method, path, id, params) => {
    expect(route(OPERATIONS, method, path)).toMatchObject({ operation: { id }, params });
  });

  it.each([
    ['GET', '/', []],
    ['GET', '/customers/', []],
    ['GET', '/customers/1/x', []],
    ['GET', '/customers/1/update-payment-status', ['POST']],
    ['PATCH', '/customers', ['GET', 'POST']],
    ['post', '/customers', ['GET', 'POST']],
  ])('%s %s is none, and the path has %j', (method, path, methods) => {
    const found = route(OPERATIONS, method, path);
    expect('allowed' in found ? found.allowed.toSorted() : found).toEqual(methods);
  });
});
