/** What is wrong: the gateway's own checks, and those of every process together. */
@NullMarked
package dev.signalbox.gateway.diagnostic;

import org.jspecify.annotations.NullMarked;
