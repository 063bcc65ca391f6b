import type { Demand } from '../../../../activities/shop/demand';
import { identityOf } from '../../../../src/contracts';
import type { Player } from 'sagaline/testing';

export type DemandStep = keyof Demand;

export interface Views {
  readonly views: number;
  readonly lastViewedAt: string;
}

export interface FakeDemand extends Demand {
  viewsOf(sku: string): Views | undefined;
}

export function createFakeDemand(player: Player<DemandStep>): FakeDemand {
  const counted = new Set<string>();
  const demand = new Map<string, Views>();
  return {
    addViews: (input) =>
      player.play('addViews', input, () => {
        player.refuseIfTold('addViews');
        for (const view of input.views) {
          if (counted.has(identityOf(view))) continue;
          counted.add(identityOf(view));
          const known = demand.get(input.sku) ?? { views: 0, lastViewedAt: view.viewedAt };
          const lastViewedAt = known.lastViewedAt > view.viewedAt ? known.lastViewedAt : view.viewedAt;
          demand.set(input.sku, { views: known.views + 1, lastViewedAt });
        }
        player.tookEffect('addViews');
      }),
    viewsOf: (sku) => demand.get(sku),
  };
}
