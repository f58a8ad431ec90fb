// The router under random slices, claims, data, stalls and resets, compared at every edge with the contract in
// noc/rtl/README.md told a second time. Prints "PASS ..." or ends with $fatal.
`timescale 1ns / 1ns
module router_tb;
    parameter DATA_BITS = 64;
    parameter SOURCE_BITS = 2;
    parameter EDGES = 4000;
    parameter SEED = 1;

    reg clk = 0;
    always #5 clk = !clk;
    reg rst_n = 0, en = 0, slice = 0, claim_valid = 0, claim_in = 0, claim_out = 0, in0_valid = 0, in1_valid = 0;
    reg [SOURCE_BITS-1:0] claim_source = 0;
    reg [DATA_BITS-1:0] in0_data = 0, in1_data = 0;
    wire claim_granted, claim_multicast, claim_refused, out0_valid, out1_valid;
    wire [DATA_BITS-1:0] out0_data, out1_data;
    sosa_router #(.DATA_BITS(DATA_BITS), .SOURCE_BITS(SOURCE_BITS)) router (
        .clk(clk), .rst_n(rst_n), .en(en), .slice(slice), .claim_valid(claim_valid), .claim_in(claim_in),
        .claim_out(claim_out), .claim_source(claim_source), .claim_granted(claim_granted),
        .claim_multicast(claim_multicast), .claim_refused(claim_refused), .in0_valid(in0_valid), .in0_data(in0_data),
        .in1_valid(in1_valid), .in1_data(in1_data), .out0_valid(out0_valid), .out0_data(out0_data),
        .out1_valid(out1_valid), .out1_data(out1_data));

    // The route of an output: -1, or 2 * source + input.
    integer route [0:1];
    integer wanted, o;
    reg [2:0] verdict;  // granted, multicast, refused
    reg [1:0] valid;
    reg [DATA_BITS-1:0] data [0:1];
    integer seen_granted = 0, seen_multicast = 0, seen_refused = 0, seen_both = 0, seen_stalls = 0, seen_resets = 0;

    task edge_of_model;
        if (!rst_n) begin
            seen_resets = seen_resets + 1;
            verdict = 0;
            for (o = 0; o < 2; o = o + 1) begin
                route[o] = -1;
                valid[o] = 0;
                data[o] = 0;
            end
        end else if (!en) begin
            seen_stalls = seen_stalls + 1;
        end else begin
            for (o = 0; o < 2; o = o + 1) begin
                valid[o] = route[o] >= 0 && (route[o] % 2 == 1 ? in1_valid : in0_valid);
                data[o] = !valid[o] ? 0 : route[o] % 2 == 1 ? in1_data : in0_data;
            end
            if (route[0] >= 0 && route[0] == route[1] && valid[0]) seen_both = seen_both + 1;
            if (slice) begin
                route[0] = -1;
                route[1] = -1;
            end
            wanted = 2 * claim_source + claim_in;
            verdict = 0;
            if (claim_valid && route[claim_out] == wanted) verdict = 3'b010;
            else if (claim_valid && route[claim_out] >= 0) verdict = 3'b001;
            else if (claim_valid) begin
                verdict = 3'b100;
                route[claim_out] = wanted;
            end
            seen_granted = seen_granted + verdict[2];
            seen_multicast = seen_multicast + verdict[1];
            seen_refused = seen_refused + verdict[0];
        end
    endtask

    integer seed = SEED, edges = 0;
    function integer one_in(input integer n);
        one_in = $unsigned($random(seed)) % n == 0;
    endfunction
    integer b;

    initial begin
        @(negedge clk);
        edge_of_model;
        repeat (EDGES) begin
            if ({claim_granted, claim_multicast, claim_refused, out0_valid, out1_valid, out0_data, out1_data} !==
                {verdict, valid[0], valid[1], data[0], data[1]})
                $fatal(1, "edge %0d: shows %b %b %h %h, expected %b %b %h %h", edges,
                       {claim_granted, claim_multicast, claim_refused}, {out1_valid, out0_valid}, out0_data, out1_data,
                       verdict, valid, data[0], data[1]);
            edges = edges + 1;
            rst_n = !one_in(100);
            en = !one_in(5);
            slice = one_in(8);
            claim_valid = one_in(2);
            claim_in = one_in(2);
            claim_out = one_in(2);
            claim_source = $random(seed);
            in0_valid = !one_in(4);
            in1_valid = !one_in(4);
            for (b = 0; b < DATA_BITS; b = b + 1) begin
                in0_data[b] = one_in(2);
                in1_data[b] = one_in(2);
            end
            @(posedge clk) edge_of_model;
            @(negedge clk);
        end
        if (seen_granted == 0 || seen_multicast == 0 || seen_refused == 0 || seen_both == 0 || seen_stalls == 0 ||
            seen_resets < 2)
            $fatal(1, "too little was seen: %0d granted, %0d multicast, %0d refused, %0d by both outputs, %0d stalls, %0d resets",
                   seen_granted, seen_multicast, seen_refused, seen_both, seen_stalls, seen_resets);
        $display("PASS router: %0d edges, %0d granted, %0d multicast, %0d refused, %0d rows by both outputs", edges,
                 seen_granted, seen_multicast, seen_refused, seen_both);
        $finish;
    end
endmodule
