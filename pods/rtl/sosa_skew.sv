// A delay of EDGES clock edges (0: a wire). Nothing in it is reset: what counts of it, a valid bit says.
module sosa_skew #(
    parameter int BITS = 1,
    parameter int EDGES = 1
) (
    input  logic            clk,
    input  logic            en,
    input  logic [BITS-1:0] d,
    output logic [BITS-1:0] q
);
    genvar k;
    generate
        if (EDGES == 0) begin : wired
            logic unused_pins;
            assign unused_pins = &{1'b0, clk, en};
            assign q = d;
        end else begin : line
            for (k = 0; k < EDGES; k = k + 1) begin : stage
                logic [BITS-1:0] value;
                if (k == 0) begin : entry
                    always_ff @(posedge clk) if (en) value <= d;
                end else begin : next
                    always_ff @(posedge clk) if (en) value <= stage[k-1].value;
                end
            end
            assign q = stage[EDGES-1].value;
        end
    endgenerate
endmodule
