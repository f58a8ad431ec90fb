// One column's weights in a block, twice: the active ones, and the shadow ones that a next tile is loaded into.
// With `swap` the shadow weights count at once and become the active ones; a load at the same edge comes after.
module sosa_weights #(
    parameter int ROWS = 1
) (
    input  logic clk,
    input  logic rst_n,
    input  logic en,
    input  logic swap,
    input  logic [ROWS-1:0] load,
    input  logic [8:0] w,
    output logic [9*ROWS-1:0] weights
);
    logic [9*ROWS-1:0] shadow, active;
    assign weights = swap ? shadow : active;

    integer i;
    always_ff @(posedge clk) begin
        if (!rst_n) begin
            shadow <= {(9*ROWS){1'b0}};
            active <= {(9*ROWS){1'b0}};
        end else if (en) begin
            if (swap) active <= shadow;
            for (i = 0; i < ROWS; i = i + 1)
                if (load[i]) shadow[9*i +: 9] <= w;
        end
    end
endmodule
