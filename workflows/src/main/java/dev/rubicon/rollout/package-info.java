/** The nouns of one execution: phases, what they are told, and the facts they report. */
package dev.rubicon.rollout;
