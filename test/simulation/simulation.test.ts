/** The whole package under simulation, a few scenarios of it: see README.md beside this file. */
import { testSeeds } from './seeds';

testSeeds(1, 20);
