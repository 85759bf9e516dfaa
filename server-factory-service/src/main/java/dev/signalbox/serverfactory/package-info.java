/**
 * HTTP servers created on demand. Which of them exist is in storage, so limits hold over the whole
 * cluster and a server outlives the instance that listens for it.
 */
@NullMarked
package dev.signalbox.serverfactory;

import org.jspecify.annotations.NullMarked;
