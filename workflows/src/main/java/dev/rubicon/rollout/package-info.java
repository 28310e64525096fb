/** The nouns of one execution: phases, their inputs, and the facts they report. */
package dev.rubicon.rollout;
