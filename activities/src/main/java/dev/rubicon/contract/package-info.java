/** Contract: legacy columns retired, no trace of Rubicon left. */
package dev.rubicon.contract;
