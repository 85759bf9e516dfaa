/** What the body of a request must look like: regular expressions, JSON paths and JSON Schema. */
@NullMarked
package dev.signalbox.serverfactory.body;

import org.jspecify.annotations.NullMarked;
