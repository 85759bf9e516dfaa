/** Tasks: what services announce, and running one, many or a stream of them. */
@NullMarked
package dev.signalbox.gateway.task;

import org.jspecify.annotations.NullMarked;
