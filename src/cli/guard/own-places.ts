import { homeDirectory } from '../../config/home.ts';
import { type Places, placesFrom } from '../../config/places.ts';

/** The places of this process. @throws CaroError `usage`, `place_unusable` */
export const ownPlaces = (): Places => placesFrom(process.env, homeDirectory(process.env));
