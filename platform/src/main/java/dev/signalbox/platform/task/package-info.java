/** Reading the parameters of tasks and describing them to clients. */
@NullMarked
package dev.signalbox.platform.task;

import org.jspecify.annotations.NullMarked;
