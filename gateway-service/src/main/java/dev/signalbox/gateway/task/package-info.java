/** Tasks: the announced task types, and running one, a batch or a stream of tasks. */
@NullMarked
package dev.signalbox.gateway.task;

import org.jspecify.annotations.NullMarked;
