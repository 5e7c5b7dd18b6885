import { BEGINNING, MERCHANT, NETWORKS } from '../state.ts';
import type { Behaviours } from '../world.ts';
import type { Settings } from '../schemas.ts';

export const merchant: Behaviours<'getMerchantSettings'> = {
  getMerchantSettings: (_call, { state, settings }) => ({
    status: 200,
    body: {
      merchant: {
        ...MERCHANT,
        app_url: null,
        redirect_url: null,
        created_at: BEGINNING,
        updated_at: BEGINNING,
        // Texts, as in the documents. They may be missing, but not be null.
        ...limitsOf(settings()),
        total_customers: state.customers.size,
        available_integrations: NETWORKS,
      },
    },
  }),
};

const limitsOf = ({ rateLimit }: Settings): Readonly<Record<string, string>> =>
  rateLimit
    ? {
        rate_limit_per_minute: String(rateLimit.perMinute),
        rate_limit_per_second: String(rateLimit.perSecond),
      }
    : {};
