import { describe, expect, it } from 'vitest';
import { guessKind, KINDS, type Kind } from '../../../src/mock/data/kinds.ts';
import { usualRange } from '../../../src/mock/data/typical.ts';
import { words } from '../../../src/mock/data/words.ts';

/** Names as the sources write them, and what people mean by them. */
const NAMES: Readonly<Record<Kind, readonly string[]>> = {
  count: [
    'replies',
    'impressions',
    'sessions',
    'clicks',
    'likes',
    'shares',
    'saved',
    'follows',
    'count',
    'eventCount',
    'like_count',
    'comments_count',
    'conversions',
    'metrics.conversions',
    'newUsers',
    'new_followers',
    'online_followers',
    'subscribersGained',
    'subscribersLost',
    'page_fan_adds',
    'firstTimePurchasers',
    'addToCarts',
    'total_likes',
    'total_interactions',
    'engagement',
    'actions:purchase',
    'actions:app_custom_event.fb_mobile_rate',
    'metrics.conversion_purchase',
    'estimatedMinutesWatched',
    'bounces.soft_bounces',
    'video_views',
  ],
  money: [
    'spend',
    'totalRevenue',
    'itemRevenue',
    'purchaseRevenue',
    'eventValue',
    'amount_spent',
    'metrics.cost_micros',
    'ga:transactionRevenue',
    'total_amount_deals',
    'ecommerce.total_spent',
    'action_values:omni_purchase',
    'conversions_value',
    'gross profit',
  ],
  fraction: [
    'ctr',
    'metrics.ctr',
    'inline_link_click_ctr',
    'ga:bounceRate',
    'engagement_rate',
    'engagementRate',
    'opens.open_rate',
    'retention',
    'conversion',
    'averageViewPercentage',
    'organicGoogleSearchClickThroughRate',
    'metrics.search_impression_share',
    'closed_rate_deals',
    'percent_new_visitors',
    'click rate',
  ],
  percent: [],
  cost: [
    'cpc',
    'cpm',
    'average_cpc',
    'cost_per_conversion',
    'advertiserAdCostPerClick',
    'averagePurchaseRevenue',
    'averageRevenuePerUser',
    'spend:link_click',
    'spend_by_actions',
    'value_per_conversion',
    'metrics.average_order_value_micros',
  ],
  mean: [
    'reach:average',
    'impressions:average',
    'eventsPerSession',
    'pages per visit',
    'frequency',
    'website_purchase_roas',
    'returnOnAdSpend',
    'engagedSessionsByUsers',
    'sessionsToTransactions',
    'ga:pageviewsPerSession',
    'quality_score',
    'conversions_value_per_cost',
  ],
  seconds: [
    'avgEngagementTime',
    'ga:avgSessionDuration',
    'averageViewDuration',
    'average_time_on_site',
    'userEngagementDuration',
  ],
  milliseconds: [],
  position: ['organicGoogleSearchAveragePosition', 'position', 'average_position', 'search rank'],
  stock: [
    'followers',
    'page_fans',
    'subscriberCount',
    'followers_total',
    'current_followers',
    'stats.member_count',
    'total_posts_count',
    'videoCount',
    'subscribers',
  ],
  unique: [
    'activeUsers',
    'totalUsers',
    'ga:users',
    'reach',
    'organic_reach',
    'page_impressions_unique',
    'page_engaged_users',
    'unique_visitors',
    'totalPurchasers',
  ],
  date: ['created_at', 'publishedAt', 'start_time', 'date', 'created_time', 'updatedAt'],
  text: ['itemName', 'type', 'campaign.name', 'status', 'permalink', 'final_urls', 'ad_group.name'],
};

describe('the guess of a kind', () => {
  const names = Object.entries(NAMES).flatMap(([kind, all]) => all.map((name) => [name, kind]));

  it.each(names)('%s is of kind %s', (name, kind) => {
    expect(guessKind(name)).toBe(kind);
  });

  it('is a count for what nobody has heard of', () => {
    for (const name of ['', 'x', 'água', '__proto__', ':', 'm0']) {
      expect(guessKind(name)).toBe('count');
    }
  });

  it('takes no time over a long name', () => {
    const start = performance.now();
    for (const part of ['cost ', 'average ', 'new ', 'aB', ' ']) guessKind(part.repeat(100_000));
    expect(performance.now() - start).toBeLessThan(500);
  });
});

it('words are told apart however they are joined', () => {
  for (const name of ['average view_duration', 'averageViewDuration', 'Average:view.Duration ']) {
    expect(words(name)).toBe('average view duration');
  }
});

it('ratios are nothing that a part of a whole cannot be', () => {
  for (const name of Object.values(NAMES).flat()) {
    const [low, high] = usualRange('fraction', name);
    expect(low > 0 && low <= high).toBe(true);
    // With the noise of a day and the tilts of two neighbours it still is below one.
    if (guessKind(name) === 'fraction') expect(high * 1.12 * 1.3).toBeLessThan(10_000);
  }
  expect(Object.keys(NAMES)).toEqual(Object.keys(KINDS));
});
