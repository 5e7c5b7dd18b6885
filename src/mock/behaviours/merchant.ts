import { BEGINNING, MERCHANT, NETWORKS } from '../state.ts';
import type { Behaviours } from '../world.ts';

export const merchant: Behaviours<'getMerchantSettings'> = {
  getMerchantSettings: (_call, { state }) => ({
    status: 200,
    body: {
      merchant: {
        ...MERCHANT,
        app_url: null,
        redirect_url: null,
        created_at: BEGINNING,
        updated_at: BEGINNING,
        // Texts, as in the documents. The emulator does not enforce them.
        rate_limit_per_minute: '60',
        rate_limit_per_second: '5',
        total_customers: state.customers.size,
        available_integrations: NETWORKS,
      },
    },
  }),
};
