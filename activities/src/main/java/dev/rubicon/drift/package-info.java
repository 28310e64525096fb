/** How a target differs from what it should be, asked by CI and schedules; reads only. */
package dev.rubicon.drift;
